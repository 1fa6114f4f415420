-- An extension is told to the body once a second person approved it.
CREATE FUNCTION control.tell_extension() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM control.append_event('extension.granted', e.agency, e.extension_id, '/calendar?period=' || e.period,
            jsonb_build_object('extension_id', e.extension_id, 'period', e.period, 'until', control.in_vietnam(e.until),
              'effect', e.effect, 'document', e.document))
     FROM control.extension e WHERE e.extension_id = NEW.extension_id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON control.extension_approval DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION control.tell_extension();
