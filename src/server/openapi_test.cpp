// The OpenAPI document says what the server's own tables say. That it also says what the server
// answers is tests/integration/openapi_test.py.
#include "server/openapi.hpp"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "server/codes.hpp"
#include "server/control_routes.hpp"
#include "server/pages.hpp"
#include "server/target.hpp"

namespace tickstock {
namespace {

using Json = nlohmann::json;

const Json& document() {
    static const Json parsed = Json::parse(openapi_document());
    return parsed;
}

/// Operation -> its least role; "" = for everybody. HEAD goes without saying.
using Operations = std::map<std::string, std::string>;

std::string word(std::optional<Role> role) {
    return role ? std::string(to_string(*role)) : std::string();
}

Operations operations_of(std::string_view methods, const std::string& read,
                         const std::string& write) {
    Operations operations;
    for (std::string_view method : split_list(methods)) {
        method.remove_prefix(method.starts_with(' ') ? 1 : 0);
        std::string name;
        for (const char c : method) {
            name += static_cast<char>(c - 'A' + 'a');
        }
        if (name != "head") {
            operations[name] = name == "get" ? read : write;
        }
    }
    return operations;
}

std::map<std::string, Operations> routed() {
    std::map<std::string, Operations> paths;
    for (const PageRow& row : pages()) {
        paths[std::string(row.path)] =
            operations_of(row.methods, word(row.to_read), word(row.to_write));
    }
    for (const ControlPath& path : control_paths()) {
        paths[path.path] =
            operations_of(allowed_methods(path.kind), word(role_for(path.kind, true)),
                          word(role_for(path.kind, false)));
    }
    paths["/"] = {{"get", ""}};  // the dashboard's files
    return paths;
}

std::map<std::string, Operations> documented() {
    std::map<std::string, Operations> paths;
    for (const auto& [path, item] : document()["paths"].items()) {
        for (const auto& [method, operation] : item.items()) {
            if (method != "parameters") {
                const bool is_open = operation.contains("security");
                EXPECT_NE(is_open, operation.contains("x-role")) << method << ' ' << path;
                paths[path][method] = operation.value("x-role", "");
            }
        }
    }
    return paths;
}

/// The codes that an error answer of the document may have, by its name in `components`.
std::set<std::string> codes_of(const std::string& response) {
    const std::string text = document()["components"]["responses"][response]["description"];
    std::set<std::string> codes;
    for (auto at = text.find('`'); at != std::string::npos;) {
        const auto end = text.find('`', at + 1);
        codes.insert(text.substr(at + 1, end - at - 1));
        at = text.find('`', end + 1);
    }
    return codes;
}

TEST(OpenApi, HasEveryPathMethodAndRoleOfTheServerAndNoOther) {
    EXPECT_EQ(documented(), routed());
    EXPECT_GT(documented().size(), 30U);
}

TEST(OpenApi, HasEveryErrorCode) {
    std::vector<std::string> words;
    for (const ErrorCodeInfo& row : error_codes()) {
        words.emplace_back(row.word);
    }
    EXPECT_EQ(document()["components"]["schemas"]["ErrorCode"]["enum"], Json(words));
}

TEST(OpenApi, TellsCodesWithTheStatusThatTheyHave) {
    std::map<std::string, std::string> status_of;
    for (const ErrorCodeInfo& row : error_codes()) {
        status_of[std::string(row.word)] = std::to_string(row.http_status);
    }
    for (const auto& [path, item] : document()["paths"].items()) {
        for (const auto& [method, operation] : item.items()) {
            if (method == "parameters") {
                continue;
            }
            for (const auto& [status, response] : operation["responses"].items()) {
                const std::string reference = response.value("$ref", "");
                if (reference.empty()) {
                    continue;
                }
                const auto codes = codes_of(reference.substr(reference.rfind('/') + 1));
                EXPECT_FALSE(codes.empty()) << reference;
                for (const std::string& code : codes) {
                    EXPECT_EQ(status_of[code], status) << method << ' ' << path << ' ' << code;
                }
            }
        }
    }
}

}  // namespace
}  // namespace tickstock
