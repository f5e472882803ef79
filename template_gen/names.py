"""Every name that more than one place must agree on, written once: logical IDs, parameters, outputs.

Names that the router needs too are in router/contract.
"""

from __future__ import annotations

# Logical IDs
SITE_BUCKET = "SiteBucket"
DISTRIBUTION = "Distribution"
CONNECTION_IDS = "ConnectionIDs"
VISITOR_COUNTS = "VisitorCounts"
ROUTER = "Router"
ROUTER_LOGS = "RouterLogs"
UNDELIVERED = "UndeliveredRecords"
ALERTS = "Alerts"
WEB_SOCKET_API = "WebSocketApi"
ARTIFACT_BUCKET = "ArtifactBucket"
CERTIFICATE = "Certificate"

# Conditions
ON_AWS = "OnAws"

# Parameters, filled in by the deployment (the certificate's stack has an output of the same name)
CODE_BUCKET = "CodeBucket"
CODE_KEY = "CodeKey"
MANAGEMENT_ENDPOINT = "ManagementEndpoint"
EXTRA_ORIGINS = "ExtraOrigins"
BUDGET_MONTH = "BudgetMonthSeconds"
INLINE_STYLES = "InlineStyles"
CERTIFICATE_ARN = "CertificateArn"
ORIGIN_SECRET = "OriginSecret"  # noqa: S105 - a name

# Outputs
SITE_URL = "SiteUrl"
SOCKET_URL = "SocketUrl"
SITE_BUCKET_NAME = "SiteBucketName"
DISTRIBUTION_ID = "DistributionId"
DISTRIBUTION_DOMAIN = "DistributionDomain"
WEB_SOCKET_API_ID = "WebSocketApiId"
ROUTER_FUNCTION = "RouterFunction"
ROUTER_LOG_GROUP = "RouterLogGroup"
CONNECTION_IDS_TABLE = "ConnectionIdsTable"
VISITOR_COUNTS_TABLE = "VisitorCountsTable"
ARTIFACT_BUCKET_NAME = "ArtifactBucketName"

# The stage, and so the path under which CloudFront hands a request to the WebSocket API
STAGE = "live"
