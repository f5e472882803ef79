"""CloudFormation's reasons in plain words: what is likely behind one, and what to do. A table, read from its top."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """pattern: what the reason looks like. likely, next_step: sentences that may name the pattern's groups, and
    {resource}, the logical ID.
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
        "your user or role may not do {action}",
        "allow {action} for whoever deploys, then run the same command again",
    ),
    Cause(
        r"(?i)log ?group.*already exists|already exists.*log-?group",
        "the log group is left over from an earlier stack, or from a run of the function without one",
        "delete it (aws logs delete-log-group --log-group-name NAME), or take it into the stack (CloudFormation "
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
        "the domain is an alias of another distribution already, maybe of an earlier stack",
        "take it off that distribution (aws cloudfront list-conflicting-aliases names it), then deploy again",
    ),
    Cause(
        r"(?i)BucketAlready(?:Exists|OwnedByYou)|bucket.*already (?:exists|owned)|bucket name is not available",
        "the bucket's name is taken: bucket names are shared by all accounts",
        "choose another stack.name in settings.toml, or wait an hour if the bucket was deleted just now; then deploy",
    ),
    Cause(
        r"(?i)certificate.*(?:us-east-1|region)|InvalidViewerCertificate|specified SSL certificate",
        "CloudFront takes a certificate that is issued, covers the domain, and lies in us-east-1",
        "check domain.certificate_arn in settings.toml, or leave it empty to have one made; then deploy again",
    ),
    Cause(
        r"(?i)NoSuchHostedZone|no hosted zone|hosted zone.*(?:not exist|not found|be found)",
        "the hosted zone is not in this account, or its ID is mistyped",
        "look it up (aws route53 list-hosted-zones) and correct domain.hosted_zone in settings.toml, then deploy again",
    ),
    Cause(
        r"(?i)is not permitted in zone|tried to create resource record set.*already exists|record.*already exists",
        "the hosted zone has that record already, or is another domain's",
        "delete the old record, or correct domain.name or domain.hosted_zone in settings.toml; then deploy again",
    ),
    Cause(
        r"(?i)UnreservedConcurrentExecution|ConcurrentExecutions.*below",
        "the account's Lambda concurrency is too low to reserve any of it",
        "ask for more under Service Quotas (Lambda, concurrent executions), then deploy again",
    ),
    Cause(
        r"(?i)(?:limit|quota).{0,20}(?:exceeded|reached)|LimitExceeded|TooMany\w+|maximum number of",
        "the account has no room for another one: a quota",
        "delete what is not needed, or ask for more under Service Quotas in the console; then deploy again",
    ),
    Cause(
        r"(?i)account must be verified|account.*not (?:been )?(?:verified|activated)",
        "AWS has not finished verifying the account, which CloudFront waits for",
        "open a case with AWS Support (Account and billing: it is free), then deploy again",
    ),
    Cause(
        r"(?i)S3 error|NoSuchKey|specified key does not exist|Error occurred while GetObject",
        "the router's zip is not in the artifact bucket any more",
        "deploy again: the zip is uploaded when it is missing",
    ),
    Cause(
        r"(?i)not empty",
        "the bucket holds files that came there after it was emptied, or that are kept",
        "python3 build.py destroy empties it and goes on",
    ),
    Cause(
        r"(?i)rate exceeded|throttl|too many requests",
        "AWS slowed the account down for a moment",
        "wait a minute, then deploy again",
    ),
    Cause(
        r"(?i)already exists",
        "something of that name is left over from an earlier stack, or is somebody else's",
        "delete it, or take it into the stack (CloudFormation console, Import resources); then deploy again",
    ),
    Cause(
        r"(?i)internal ?failure|internal error|service unavailable|timed? ?out|did not stabilize",
        "AWS itself had trouble with {resource}",
        "deploy again; if it stays so, look at https://health.aws.amazon.com",
    ),
)


def explain(reason: str, resource: str = "") -> Explanation | None:
    """The first cause whose pattern is in `reason`."""
    for cause in CAUSES:
        if found := re.search(cause.pattern, reason):
            words = {**{key: value or "" for key, value in found.groupdict().items()}, "resource": resource}
            return Explanation(cause.likely.format_map(words), cause.next_step.format_map(words))
    return None
