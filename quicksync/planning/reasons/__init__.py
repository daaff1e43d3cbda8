"""Why something is held, skipped or refused: code, sentence, cause and fix."""
