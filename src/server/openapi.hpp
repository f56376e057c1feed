#pragma once

#include <string>

namespace tickstock {

/// docs/reference/openapi.json as it was when the program was built, without the last line's end:
/// every HTTP path of the server, its parameters and answers. Any thread.
const std::string& openapi_document();

}  // namespace tickstock
