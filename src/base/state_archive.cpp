#include "base/state_archive.hpp"

#include <mutex>
#include <set>

namespace tickstock {

const char* keep_name(std::string_view name) {
    static std::mutex mutex;
    static std::set<std::string, std::less<>> names;  // a handful: constants of the code
    const std::lock_guard lock(mutex);
    const auto known = names.find(name);
    return known != names.end() ? known->c_str() : names.emplace(name).first->c_str();
}

}  // namespace tickstock
