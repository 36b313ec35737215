BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE changes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform VARCHAR(32) NOT NULL, 
	home VARCHAR(255) NOT NULL, 
	at DATETIME NOT NULL, 
	action VARCHAR(16) NOT NULL, 
	character VARCHAR(255) NOT NULL, 
	by_platform VARCHAR(32), 
	by_id VARCHAR(255), 
	by_name VARCHAR(255), 
	added JSON NOT NULL, 
	reverts INTEGER
);
INSERT INTO "changes" VALUES(1,'discord','server','2026-01-02 03:04:05.000000','taught','Sonoda Umi','discord','ann','Ann','[1]',NULL);
CREATE TABLE "chat_settings" (
	platform VARCHAR(32) NOT NULL, 
	chat_id VARCHAR(255) NOT NULL, 
	watch BOOLEAN NOT NULL, 
	threshold DOUBLE, 
	language VARCHAR(35), 
	home VARCHAR(255), 
	quiet BOOLEAN NOT NULL, 
	adults_only BOOLEAN NOT NULL, 
	teachers VARCHAR(16) NOT NULL, 
	keep BOOLEAN NOT NULL, 
	confirm BOOLEAN NOT NULL, 
	CONSTRAINT pk_chat_settings PRIMARY KEY (platform, chat_id)
);
INSERT INTO "chat_settings" VALUES('discord','room',1,0.25,'de',NULL,0,0,'everyone',1,0);
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
CREATE TABLE homes (
	platform VARCHAR(32) NOT NULL, 
	account VARCHAR(255) NOT NULL, 
	home VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_homes PRIMARY KEY (platform, account, home)
);
INSERT INTO "homes" VALUES('discord','1','server');
CREATE TABLE links (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform VARCHAR(32) NOT NULL, 
	place VARCHAR(255) NOT NULL, 
	first VARCHAR(255) NOT NULL, 
	chat_id VARCHAR(255) NOT NULL, 
	home VARCHAR(255), 
	asker VARCHAR(255) NOT NULL, 
	at DATETIME NOT NULL, 
	questions JSON NOT NULL, 
	replies JSON NOT NULL
);
INSERT INTO "links" VALUES(1,'discord','room','10','room','server','ann','2026-01-02 03:04:05.000000','["10"]','["11"]');
CREATE TABLE opt_outs (
	platform VARCHAR(32) NOT NULL, 
	user_id VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_opt_outs PRIMARY KEY (platform, user_id)
);
INSERT INTO "opt_outs" VALUES('discord','ann');
CREATE TABLE removed_examples (
	id INTEGER NOT NULL, 
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
	origin VARCHAR(16) NOT NULL, 
	change INTEGER NOT NULL, 
	CONSTRAINT pk_removed_examples PRIMARY KEY (id)
);
INSERT INTO "removed_examples" VALUES(2,'discord','server','Sonoda Umi',0,X'63726F70',X'0000803F000000000000000000000000','b1','discord','ann','Ann','2026-01-02 03:04:05.000000','confirmed','taught',1);
CREATE TABLE verdicts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform VARCHAR(32) NOT NULL, 
	home VARCHAR(255) NOT NULL, 
	face VARCHAR(64) NOT NULL, 
	said VARCHAR(255), 
	probability DOUBLE NOT NULL, 
	bundle_id VARCHAR(64) NOT NULL, 
	truth VARCHAR(16) NOT NULL, 
	character VARCHAR(255), 
	by_platform VARCHAR(32) NOT NULL, 
	by_id VARCHAR(255) NOT NULL, 
	by_name VARCHAR(255) NOT NULL, 
	at DATETIME NOT NULL, 
	image BLOB, 
	change INTEGER
);
INSERT INTO "verdicts" VALUES(1,'discord','server','answer:0','nishikino_maki',0.9,'b1','character','Sonoda Umi','discord','ann','Ann','2026-01-02 03:04:05.000000',X'63726F70',1);
CREATE INDEX ix_examples_platform ON examples (platform, home, character);
CREATE INDEX ix_verdicts_platform ON verdicts (platform, home, face);
CREATE INDEX ix_changes_platform ON changes (platform, home);
CREATE INDEX ix_changes_reverts ON changes (reverts);
CREATE INDEX ix_removed_examples_change ON removed_examples (change);
CREATE INDEX ix_chat_settings_platform ON chat_settings (platform, home);
CREATE UNIQUE INDEX ix_links_platform ON links (platform, place, first);
CREATE INDEX ix_links_at ON links (at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('examples',1);
INSERT INTO "sqlite_sequence" VALUES('verdicts',1);
INSERT INTO "sqlite_sequence" VALUES('changes',1);
INSERT INTO "sqlite_sequence" VALUES('links',1);
COMMIT;
