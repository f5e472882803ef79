import { App, CfnOutput, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { WebSocketApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2";
import { WebSocketLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import * as cloudfront from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin, S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { AttributeType, BillingMode, StreamViewType, Table, type TableProps } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Bucket } from "aws-cdk-lib/aws-s3";

class Resume extends Stack {
  constructor(scope: App, id: string) {
    super(scope, id);
    const connections = this.table("ConnectionIDs", "connectionId");
    const counts = this.table("VisitorCounts", "id", { stream: StreamViewType.NEW_IMAGE });
    const router = new lambda.Function(this, "Router", {
      runtime: lambda.Runtime.PYTHON_3_13,
      architecture: lambda.Architecture.ARM_64,
      handler: "router.handler.handle",
      code: lambda.Code.fromAsset("code"),
      memorySize: 256,
      timeout: Duration.seconds(60),
      logGroup: new LogGroup(this, "RouterLogs", {
        retention: 30,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      environment: { CONNECTION_IDS_TABLE: connections.tableName, VISITOR_COUNT_TABLE: counts.tableName },
    });
    const from = { startingPosition: lambda.StartingPosition.TRIM_HORIZON, batchSize: 1000 };
    router.addEventSource(new DynamoEventSource(counts, { ...from, reportBatchItemFailures: true }));
    new Rule(this, "Sweep", { schedule: Schedule.rate(Duration.minutes(5)), targets: [new LambdaFunction(router)] });
    const integration = new WebSocketLambdaIntegration("Integration", router);
    const api = new WebSocketApi(this, "SocketApi", {
      connectRouteOptions: { integration },
      disconnectRouteOptions: { integration },
      defaultRouteOptions: { integration },
    });
    const stage = new WebSocketStage(this, "Live", { webSocketApi: api, stageName: "live", autoDeploy: true });
    const bucket = new Bucket(this, "SiteBucket");
    const distribution = new cloudfront.Distribution(this, "Distribution", {
      defaultRootObject: "index.html",
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
      },
      additionalBehaviors: {
        "/live": {
          origin: new HttpOrigin(`${api.apiId}.execute-api.${this.region}.${this.urlSuffix}`),
          viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
          cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
          originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
      errorResponses: [{ httpStatus: 404, responseHttpStatus: 404, responsePagePath: "/404.html" }],
    });
    router.addEnvironment("ALLOWED_ORIGINS", `https://${distribution.distributionDomainName}`);
    router.addEnvironment("API_GATEWAY_MANAGEMENT_ENDPOINT", stage.callbackUrl);
    for (const table of [connections, counts]) table.grantReadWriteData(router);
    stage.grantManagementApiAccess(router);
    new CfnOutput(this, "SiteBucketName", { value: bucket.bucketName });
    new CfnOutput(this, "DistributionId", { value: distribution.distributionId });
  }

  private table(id: string, key: string, more: Partial<TableProps> = {}) {
    return new Table(this, id, {
      partitionKey: { name: key, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: "expiresAt",
      ...more,
    });
  }
}

new Resume(new App(), "cloud-resume");
