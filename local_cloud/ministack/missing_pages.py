"""Missing pages, where the emulator differs from AWS.

The emulator's S3 answers its CloudFront with 403 for a missing object. S3 answers a reader who may list the bucket with
404, and the distribution then serves the site's own 404 page.
"""

from __future__ import annotations

from typing import Any

_FORBIDDEN = 403


def install() -> None:
    """Put this into effect, in the emulator's process, before it serves."""
    from ministack.services import s3

    fetch = s3.serve_cloudfront_origin_fetch

    def fetch_or_miss(bucket: str, key: str, *request: Any, **reader: Any) -> Any:
        answer = fetch(bucket, key, *request, **reader)
        if answer[0] == _FORBIDDEN and _is_missing(bucket, key) and _may_list(bucket, reader.get("source_arn", "")):
            text = "The specified key does not exist."
            return s3._error("NoSuchKey", text, 404, f"/{bucket}/{key}")  # noqa: SLF001
        return answer

    s3.serve_cloudfront_origin_fetch = fetch_or_miss


def _is_missing(bucket: str, key: str) -> bool:
    from ministack.services import s3

    found = s3._ensure_bucket(bucket)  # noqa: SLF001
    return found is not None and key not in found["objects"]


def _may_list(bucket: str, source_arn: str) -> bool:
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.services import s3

    owner = s3._bucket_owner_account(bucket) or s3.get_account_id()  # noqa: SLF001
    policy = s3._bucket_policies.get_scoped(owner, None, bucket)  # noqa: SLF001
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="s3:ListBucket",
        resource_arn=f"arn:aws:s3:::{bucket}",
        region=s3.get_region(),
        service_context={"aws:sourcearn": source_arn},
    )
    verdict = evaluate_resource_policy(policy, context, service="cloudfront.amazonaws.com") if policy else None
    return verdict is not None and verdict.decision == "Allow"
