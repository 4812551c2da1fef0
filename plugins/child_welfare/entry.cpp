#include "child_welfare/connector.hpp"

CONCORD_CONNECTOR(concord::child_welfare::ChildWelfare)
