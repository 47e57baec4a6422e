"""client_contract."""
