"""HTTP and WebSocket, and only that: who asks, how much, and how an answer is written."""
