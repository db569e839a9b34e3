"""What a workspace registers: systems, services, channels, edges, flows, and who said what about them."""
