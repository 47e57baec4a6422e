"""What the product is measured beside: servers and queues of others, as their documentation sets them up."""
