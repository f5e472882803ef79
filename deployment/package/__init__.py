"""What is deployed, made on this machine: template, cfn-lint's opinion, the router's zip; and the artifact bucket."""
