#include "validate/replayed_hash.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "validate/child_server.hpp"
#include "validate/workbench.hpp"

namespace tickstock::validate {

Result<std::uint64_t> replayed_hash(const Workbench& bench, const std::string& journal) {
    std::vector<std::string> arguments = bench.config_arguments();
    arguments.insert(arguments.begin(), {"replay", journal});
    auto replay = ChildProcess::start(arguments, bench.path("replay.log"));
    if (!replay) {
        return replay.error();
    }
    const auto code = (*replay)->wait(std::chrono::minutes(5));
    if (!code) {
        return code.error();
    }
    const std::string log = (*replay)->log();
    constexpr std::string_view label = "stream hash: ";
    const std::size_t at = log.find(label);
    std::uint64_t hash = 0;
    if (*code != 0 || at == std::string::npos ||
        std::from_chars(log.data() + at + label.size(), log.data() + log.size(), hash, 16).ec !=
            std::errc()) {
        return Error{fmt::format("replay of the journal: exit code {}: {}", *code,
                                 (*replay)->last_lines(2))};
    }
    return hash;
}

}  // namespace tickstock::validate
