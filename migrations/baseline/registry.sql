-- Who is scored: bodies, their spellings, and the phrases that mean several of them.

CREATE TABLE registry.agency (
    code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    revision INTEGER NOT NULL,
    valid_to DATE,
    kind TEXT NOT NULL,
    name_vi TEXT NOT NULL,
    name_en TEXT NOT NULL,
    nso_code TEXT,
    head_title_vi TEXT NOT NULL,
    head_title_en TEXT NOT NULL,
    head_name TEXT,
    document TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_agency PRIMARY KEY (code, valid_from, revision),
    CONSTRAINT ck_agency_kind CHECK (kind IN ('ministry', 'ministerial_agency', 'government_agency', 'province')),
    CONSTRAINT ck_agency_dates CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_agency_code CHECK (code ~ '^[A-Z][0-9]{2}$')
);

CREATE TABLE registry.alias (
    spelling_key TEXT NOT NULL,
    valid_from DATE NOT NULL,
    revision INTEGER NOT NULL,
    code TEXT NOT NULL,
    valid_to DATE,
    spelling TEXT NOT NULL,
    document TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_alias PRIMARY KEY (spelling_key, valid_from, revision)
);

CREATE TABLE registry.collective (
    rule_id TEXT NOT NULL,
    phrase_key TEXT NOT NULL,
    phrase TEXT NOT NULL,
    kinds TEXT[] NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    document TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_collective PRIMARY KEY (rule_id),
    CONSTRAINT uq_collective_phrase_key_valid_from UNIQUE (phrase_key, valid_from)
);
