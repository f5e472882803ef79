"""The two DynamoDB tables: all requests to them, and the transaction that counts visits."""
