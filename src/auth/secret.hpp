#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tickstock {

/// Bytes that nobody may see: cannot be copied, printed or formatted, is wiped when destroyed or
/// replaced, and compares in a time that depends on the length only.
class Secret {
public:
    Secret() = default;
    /// Copies the bytes; the caller wipes his own.
    explicit Secret(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}
    ~Secret();
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    /// For cryptography only; never into a log, a message or a std::string that stays.
    std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }
    bool empty() const { return bytes_.empty(); }
    std::size_t size() const { return bytes_.size(); }

    friend bool operator==(const Secret& a, const Secret& b);

private:
    std::vector<char> bytes_;  // a vector: moving leaves no bytes behind, as a short string would
};

/// An environment variable's value, or nullptr: std::getenv in the product.
using Environment = std::function<const char*(const char* name)>;
Environment process_environment();

/// The secret called `name` ("TICKSTOCK_JWT_KEY"): from the file of that name in
/// $CREDENTIALS_DIRECTORY, else from the file `path`, else from the file that $NAME_FILE names,
/// else $NAME itself; nothing where there is none of them. Never from the command line, which
/// everybody on the machine may read. One line end at the end of a file is no part of it. Refuses a
/// file that others may read (in $CREDENTIALS_DIRECTORY, which the service manager closes, its
/// group may).
Result<std::optional<Secret>> load_secret(const std::string& name, const std::string& path,
                                          const Environment& environment);

/// The secret in one file, by the same rules.
Result<Secret> read_secret_file(const std::string& path, const Environment& environment);

}  // namespace tickstock
