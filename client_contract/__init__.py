"""What a client may rely on, and the verifier that holds a running server to it. Imports nothing of ours."""
