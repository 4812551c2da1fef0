#include "court/connector.hpp"

CONCORD_CONNECTOR(concord::court::Court)
