"""What must outlive a restart: the settings of each chat, who has opted out, what people have taught and said."""
