"""What a role needs that deploys: the actions, the policies, and whether the present one has them."""
