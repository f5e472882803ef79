// node nag.mjs ANSWER NAME=TEMPLATE…: runs cdk-nag on CloudFormation templates, each included in its own stack NAME.
// Writes ANSWER/validation-report.json (CDK's format) and ANSWER/read.json, the names of the stacks that were checked.
import { mkdirSync, writeFileSync } from "node:fs";
import { App, Stack, Validations } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";

const [answer, ...templates] = process.argv.slice(2);
const app = new App({ outdir: answer });
const read = [];
for (const [name, file] of templates.map((one) => one.split(/=(.*)/s))) {
  new CfnInclude(new Stack(app, name), "Template", { templateFile: file });
  read.push(name);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
try {
  app.synth();
} finally {
  mkdirSync(answer, { recursive: true });
  writeFileSync(`${answer}/read.json`, JSON.stringify(read));
}
