"""The two tables: every request that the router makes to DynamoDB, and the transaction that counts."""
