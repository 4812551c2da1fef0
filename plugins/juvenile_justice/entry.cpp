// The exported symbol of juvenile_justice.so.
#include "juvenile_justice/connector.hpp"

CONCORD_CONNECTOR(concord::juvenile_justice::JuvenileJustice)
