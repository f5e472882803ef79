"""Every name that more than one place must agree on, written once: logical IDs, parameters, outputs, environment."""

from __future__ import annotations

# Logical IDs
SITE_BUCKET = "SiteBucket"
DISTRIBUTION = "Distribution"
CONNECTION_IDS = "ConnectionIDs"
VISITOR_COUNTS = "VisitorCounts"
ROUTER = "Router"
ROUTER_LOGS = "RouterLogs"
UNDELIVERED = "UndeliveredRecords"
WEB_SOCKET_API = "WebSocketApi"
ARTIFACT_BUCKET = "ArtifactBucket"
CERTIFICATE = "Certificate"

# Parameters, filled in by the deployment (the certificate's stack has an output of the same name)
CODE_BUCKET = "CodeBucket"
CODE_KEY = "CodeKey"
MANAGEMENT_ENDPOINT = "ManagementEndpoint"
EXTRA_ORIGINS = "ExtraOrigins"
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

# What the router itself writes into the site bucket
BADGE_KEY = "badge.svg"

# Where in the artifact bucket it copies the count to (router/backup.py)
BACKUP_FOLDER = "backups"

# The index that holds the visits not counted yet, and nothing else
UNCOUNTED_INDEX = "UncountedVisits"

# The router's environment
ENV_CONNECTION_IDS_TABLE = "CONNECTION_IDS_TABLE"
ENV_VISITOR_COUNT_TABLE = "VISITOR_COUNT_TABLE"
ENV_MANAGEMENT_ENDPOINT = "API_GATEWAY_MANAGEMENT_ENDPOINT"
ENV_ALLOWED_ORIGINS = "ALLOWED_ORIGINS"
ENV_SITE_BUCKET = "SITE_BUCKET"
ENV_BACKUP_BUCKET = "BACKUP_BUCKET"
ENV_VISIT_POLICY = "VISIT_POLICY"
ENV_VISIT_LIFETIME_SECONDS = "VISIT_LIFETIME_SECONDS"
ENV_POSTS_PER_SECOND = "POSTS_PER_SECOND"
ENV_COUNT_CRAWLERS = "COUNT_CRAWLERS"
ENV_ORIGIN_SECRET = "ORIGIN_SECRET"  # noqa: S105 - a name
ENV_CONNECTS_PER_ADDRESS = "CONNECTS_PER_ADDRESS"
ENV_VISITS_PER_ADDRESS = "VISITS_PER_ADDRESS"
ENV_REPLIES_PER_CONNECTION = "REPLIES_PER_CONNECTION"

# The header in which the distribution shows the router that a request came through it (router/viewer.py)
ORIGIN_HEADER = "X-Origin-Verify"
