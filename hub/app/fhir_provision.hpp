// Consent.provision of FHIR R4: a base rule and its exceptions. Internal to this room.
#pragma once

#include <string>
#include <vector>

#include "hub/app/fhir_consent.hpp"
#include "hub/app/fhir_reader.hpp"

namespace concord::app::fhir {

class Provisions {
 public:
  // opts_out: the policy permits where nothing is said.
  Provisions(Reader& reader, const FhirSource& source, bool opts_out)
      : reader_(reader), source_(source), opts_out_(opts_out) {}
  // Adds what whole says, narrowed by the provision; as several where several are permitted.
  void read(const Element& provision,
            const model::Consent& whole,
            std::vector<model::Consent>& out);

 private:
  // What one provision narrows, with what it inherits from the base.
  model::Consent narrowed(const Element& provision, model::Consent from);
  void read_period(const Element& provision, model::Consent& out);
  void read_actors(const Element& provision, model::Consent& out);
  void read_purposes(const Element& provision, model::Consent& out);
  void read_scope(const Element& provision, model::Consent& out);
  void read_actions(const Element& provision);
  // Labels that a permit excepts; nothing where the exception is of another shape.
  void except(const Element& provision, model::Consent& permit);
  std::string agency_of(const Element& actor);

  Reader& reader_;
  const FhirSource& source_;
  bool opts_out_;
};

}  // namespace concord::app::fhir
