BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE chat_settings (
	platform VARCHAR(32) NOT NULL, 
	chat_id VARCHAR(255) NOT NULL, 
	watch BOOLEAN NOT NULL, 
	threshold DOUBLE, 
	language VARCHAR(35), 
	CONSTRAINT pk_chat_settings PRIMARY KEY (platform, chat_id)
);
INSERT INTO "chat_settings" VALUES('discord','room',1,0.25,'de');
CREATE TABLE opt_outs (
	platform VARCHAR(32) NOT NULL, 
	user_id VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_opt_outs PRIMARY KEY (platform, user_id)
);
INSERT INTO "opt_outs" VALUES('discord','ann');
COMMIT;
