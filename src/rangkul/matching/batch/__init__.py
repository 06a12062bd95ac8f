"""The same model over a whole register: who of it is written down twice; and the training of the model with Splink."""
