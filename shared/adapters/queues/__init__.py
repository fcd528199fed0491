"""Messages in storage queues."""
