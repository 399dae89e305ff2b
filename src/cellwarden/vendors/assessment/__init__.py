"""What a vendor can prove: questions, answers, evidence, grades, scores, gates, vague words."""
