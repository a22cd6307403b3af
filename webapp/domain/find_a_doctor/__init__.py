"""The provider directory: where providers practise, and how they are found."""
