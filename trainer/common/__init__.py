"""What all trainings share: data, files, backbones, figures."""
