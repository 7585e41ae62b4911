"""The notification gateway: who has bots is told what happens to them."""
