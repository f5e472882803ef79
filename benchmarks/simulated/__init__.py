"""The parts of the simulation: the clock, DynamoDB, the account, and the ages of the counts on the pages."""
