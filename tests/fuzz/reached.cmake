# The readers that the targets reach, and what these stand on: no more of the hub and the plugins is
# built for the fuzzer. One that is missing fails the link.
find_path(VALIJSON_INCLUDE valijson/validator.hpp REQUIRED)
set(reached)
foreach(source
    app/fields app/substitute app/coalition app/systems app/flows app/team app/evidence
    app/schema_walk app/config_schema app/mandate_files
    decide/words decide/pack_reader decide/packs decide/compile decide/engine decide/integrity
    decide/consents decide/conditions decide/bases decide/carried decide/outcome decide/read_obliges
    decide/read_request decide/ahead
    decide/write_decision decide/cases decide/explain decide/fields decide/generalise decide/release
    pipeline/schedule pipeline/cron
    runtime/manifest runtime/versions runtime/schema_shape runtime/access runtime/abi_values runtime/abi_batch
    runtime/channel/frame runtime/channel/spec runtime/channel/values
    translate/mappings translate/load translate/compile translate/compile_row
    translate/compile_rule translate/run_in translate/run_out translate/rules translate/rules_text
    translate/rules_code translate/rules_time translate/rules_person translate/rules_out
    translate/checker translate/patterns translate/path translate/sheet translate/code_table
    translate/examples)
  list(APPEND reached hub/${source})
endforeach()
foreach(source
    child_welfare/csv_file child_welfare/xml_file child_welfare/fields
    court/calendar court/content_lines court/event_times court/ecf_parties court/ecf_read
    court/ecf_write court/text court/settings
    health/hl7_text health/hl7_message health/hl7_time health/hl7_types health/hl7_body
    health/hl7_events health/hl7_read health/hl7_ack health/hl7_build health/hl7_write
    health/mllp_frame health/json_slices health/fhir_bundle
    juvenile_justice/niem_graph juvenile_justice/niem_parts juvenile_justice/niem_persons
    juvenile_justice/niem_reader)
  list(APPEND reached plugins/${source})
endforeach()
list(TRANSFORM reached PREPEND ${CMAKE_SOURCE_DIR}/)
list(TRANSFORM reached APPEND .cpp)
