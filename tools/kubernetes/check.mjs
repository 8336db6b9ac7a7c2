// Reads a JSON list of custom resources from standard input, and prints what its operator's
// published schema says against each; exits 1 when there is anything, or a kind without a schema.
import { readFileSync } from "node:fs";

const OPERATORS = {
  "external-secrets.io": "external-secrets",
  "keda.sh": "keda",
  "kafka.strimzi.io": "strimzi-kafka-operator",
  "monitoring.coreos.com": "prometheus-operator",
};
let complaints = 0;
for (const resource of JSON.parse(readFileSync(0, "utf8"))) {
  const say = (text) => {
    complaints += 1;
    console.log(`${resource.kind} ${resource.metadata?.name}: ${text}`);
  };
  const [group, version] = resource.apiVersion.split("/");
  let Model;
  try {
    Model = (await import(`@kubernetes-models/${OPERATORS[group]}/${group}/${version}`))[resource.kind];
  } catch {
    // told below, as for a kind that the group lacks
  }
  if (Model === undefined) {
    say(`no published schema of ${resource.apiVersion}`);
    continue;
  }
  try {
    new Model(resource).validate();
  } catch (error) {
    say(error.message);
  }
}
process.exit(complaints ? 1 : 0);
