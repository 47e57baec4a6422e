"""One line or paragraph of text by itself: words, sentences, speech, numbers, what it says as a heading."""
