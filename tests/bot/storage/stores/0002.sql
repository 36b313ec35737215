BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE chat_settings (
	platform VARCHAR(32) NOT NULL, 
	chat_id VARCHAR(255) NOT NULL, 
	watch BOOLEAN NOT NULL, 
	threshold DOUBLE, 
	language VARCHAR(35), 
	CONSTRAINT pk_chat_settings PRIMARY KEY (platform, chat_id)
);
INSERT INTO "chat_settings" VALUES('discord','room',1,0.25,'de');
CREATE TABLE examples (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform VARCHAR(32) NOT NULL, 
	home VARCHAR(255) NOT NULL, 
	character VARCHAR(255) NOT NULL, 
	denied BOOLEAN NOT NULL, 
	image BLOB NOT NULL, 
	embedding BLOB, 
	bundle_id VARCHAR(64), 
	by_platform VARCHAR(32), 
	by_id VARCHAR(255), 
	by_name VARCHAR(255), 
	at DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	origin VARCHAR(16) NOT NULL
);
INSERT INTO "examples" VALUES(1,'discord','server','Sonoda Umi',0,X'63726F70',X'0000803F000000000000000000000000','b1','discord','ann','Ann','2026-01-02 03:04:05.000000','confirmed','taught');
CREATE TABLE opt_outs (
	platform VARCHAR(32) NOT NULL, 
	user_id VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_opt_outs PRIMARY KEY (platform, user_id)
);
INSERT INTO "opt_outs" VALUES('discord','ann');
CREATE INDEX ix_examples_platform ON examples (platform, home, character);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('examples',1);
COMMIT;
