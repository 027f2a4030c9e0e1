"""What each element of a subject's surroundings adds to its prediction: with it there minus with it removed."""
