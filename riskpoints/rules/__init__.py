"""What the school decides for itself where the document is silent (校内默认), dated, and its working calendar."""
