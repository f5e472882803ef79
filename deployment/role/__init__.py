"""The permissions of a deploy role: the actions, the policies, and a check of the present role."""
