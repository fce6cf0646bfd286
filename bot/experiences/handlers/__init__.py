"""What commands, buttons and forms about feeds and experiences do, on any platform."""
