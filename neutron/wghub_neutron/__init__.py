"""Neutron's side of wg-hub: maps ports to the API of the agents, and knows nothing of WireGuard itself."""
