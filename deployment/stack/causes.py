"""Explanations of CloudFormation's status reasons: the likely cause, and the fix. The first match applies."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """A row of the table. pattern: a regular expression for the reason. likely, next_step: the cause and the fix, which
    may contain the groups of the pattern, and {resource}, the logical ID.
    """

    pattern: str
    likely: str
    next_step: str


@dataclass(frozen=True)
class Explanation:
    likely: str
    next_step: str


CAUSES = (
    Cause(
        r"not authorized to perform:? (?P<action>[\w-]+:\w+)(?: on resource:? (?P<on>\S+))?",
        "your user or role is not allowed to perform {action}",
        "allow {action} for the user or role that deploys, then run the same command again",
    ),
    Cause(
        r"(?i)subscribed to a pricing plan|pricing plan subscription",
        "the distribution is subscribed to CloudFront's plan, which allows neither its deletion nor another web ACL",
        "cancel the plan in the CloudFront console, which takes effect at the end of the month; from the first of the "
        "next month run the same command again (docs/costs.md)",
    ),
    Cause(
        r"(?i)log ?group.*already exists|already exists.*log-?group",
        "the log group is left over from an earlier stack, or from a run of the function without one",
        "delete it (aws logs delete-log-group --log-group-name NAME), or import it into the stack (CloudFormation "
        "console, Import resources); then deploy again",
    ),
    Cause(
        r"(?i)origin ?access ?control.*already exists|OriginAccessControlAlreadyExists",
        "an origin access control of that name is left over from an earlier stack of the same name",
        "delete it (aws cloudfront list-origin-access-controls, then delete-origin-access-control), then deploy again",
    ),
    Cause(
        r"(?i)response ?headers ?policy.*already exists|ResponseHeadersPolicyAlreadyExists",
        "a response headers policy of that name is left over from an earlier stack of the same name",
        "delete it (aws cloudfront list-response-headers-policies --type custom, then "
        "delete-response-headers-policy), then deploy again",
    ),
    Cause(
        r"(?i)CNAMEAlreadyExists|(?:alias|CNAME)\w* .*(?:already (?:exists|associated|in use)|different resource)",
        "the domain is already an alias of another distribution, perhaps of an earlier stack",
        "remove it from that distribution (to find it: aws cloudfront list-conflicting-aliases), then deploy again",
    ),
    Cause(
        r"(?i)BucketAlready(?:Exists|OwnedByYou)|bucket.*already (?:exists|owned)|bucket name is not available",
        "the bucket name is taken; bucket names are unique across all accounts",
        "choose another stack.name in settings.toml, or wait an hour if the bucket was just deleted; then deploy again",
    ),
    Cause(
        r"(?i)certificate.*(?:us-east-1|region)|InvalidViewerCertificate|specified SSL certificate",
        "CloudFront requires a certificate in us-east-1 that is issued and covers the domain",
        "check domain.certificate_arn in settings.toml, or leave it empty to request a new one; then deploy again",
    ),
    Cause(
        r"(?i)NoSuchHostedZone|no hosted zone|hosted zone.*(?:not exist|not found|be found)",
        "the hosted zone is not in this account, or its ID is wrong",
        "find it (aws route53 list-hosted-zones) and correct domain.hosted_zone in settings.toml, then deploy again",
    ),
    Cause(
        r"(?i)is not permitted in zone|tried to create resource record set.*already exists|record.*already exists",
        "the hosted zone already has that record, or belongs to another domain",
        "delete the old record, or correct domain.name or domain.hosted_zone in settings.toml; then deploy again",
    ),
    Cause(
        r"(?i)UnreservedConcurrentExecution|ConcurrentExecutions.*below",
        "the account's Lambda concurrency limit is too low to reserve any concurrency",
        "request an increase under Service Quotas (Lambda, concurrent executions), then deploy again",
    ),
    Cause(
        r"(?i)(?:limit|quota).{0,20}(?:exceeded|reached)|LimitExceeded|TooMany\w+|maximum number of",
        "a service quota of the account is exhausted",
        "delete unused resources, or request an increase in the Service Quotas console; then deploy again",
    ),
    Cause(
        r"(?i)account must be verified|account.*not (?:been )?(?:verified|activated)",
        "AWS has not verified the account yet, which CloudFront requires",
        "open a case with AWS Support (Account and billing; free of charge), then deploy again",
    ),
    Cause(
        r"(?i)S3 error|NoSuchKey|specified key does not exist|Error occurred while GetObject",
        "the router's zip is no longer in the artifact bucket",
        "deploy again, which uploads the zip",
    ),
    Cause(
        r"(?i)not empty",
        "objects were added to the bucket after it was emptied",
        "run python3 build.py destroy again: it empties the bucket and continues",
    ),
    Cause(
        r"(?i)rate exceeded|throttl|too many requests",
        "AWS throttled the requests of the account",
        "wait a minute, then deploy again",
    ),
    Cause(
        r"(?i)already exists",
        "a resource of that name is left over from an earlier stack, or belongs to something else",
        "delete it, or import it into the stack (CloudFormation console, Import resources); then deploy again",
    ),
    Cause(
        r"(?i)internal ?failure|internal error|service unavailable|timed? ?out|did not stabilize",
        "AWS had an internal error with {resource}",
        "deploy again; if it fails again, check https://health.aws.amazon.com",
    ),
)


def explain(reason: str, resource: str = "") -> Explanation | None:
    """Return the explanation of `reason` by the first matching row, None if there is none."""
    for cause in CAUSES:
        if found := re.search(cause.pattern, reason):
            words = {**{key: value or "" for key, value in found.groupdict().items()}, "resource": resource}
            return Explanation(cause.likely.format_map(words), cause.next_step.format_map(words))
    return None
