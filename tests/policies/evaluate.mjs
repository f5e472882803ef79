// stdin: {"policies": [document, …], "requests": [{action, resource, context}, …]}; stdout: what becomes of each request.
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'

const require = createRequire(`${process.argv[2]}/`)
const { runSimulation } = require('@cloud-copilot/iam-simulate')
const accountId = '123456789012'
const { policies, requests } = JSON.parse(await text(process.stdin))
const identityPolicies = policies.map((policy, number) => ({ name: `policy-${number}`, policy }))
const results = []
for (const { action, resource, context } of requests) {
  const request = {
    principal: `arn:aws:iam::${accountId}:role/caller`,
    action,
    resource: { resource, accountId },
    contextVariables: context,
  }
  const simulation = { identityPolicies, serviceControlPolicies: [], resourceControlPolicies: [], request }
  const result = await runSimulation(simulation, {})
  results.push(result.errors ? { error: result.errors } : { result: result.overallResult, ignored: result.ignoredContextKeys })
}
process.stdout.write(JSON.stringify(results))
