#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/symbol.hpp"

namespace tickstock {

/// The named symbol sets that a subscription may ask for. Several users may mean different sets by
/// one name, so a name is first resolved to a key, which is the same for all who mean the same set.
/// Implementations belong to the I/O thread.
class UniverseCatalog {
public:
    virtual ~UniverseCatalog() = default;

    /// What `user` ("" = nobody in particular) means by `name`; nothing when there is no such
    /// universe. A user's own go first.
    virtual std::optional<std::string> resolve(std::string_view user,
                                               std::string_view name) const = 0;

    /// All that `user` may ask for, sorted, for messages.
    virtual std::vector<std::string> names(std::string_view user) const = 0;

    struct Universe {
        std::vector<SymbolText> symbols;  ///< sorted
    };
    /// The same pointer until the universe changes. Null when it is gone: a subscription that asked
    /// for it goes on with an empty set.
    virtual std::shared_ptr<const Universe> find(std::string_view key) const = 0;

    /// Differs from the value before whenever a universe has changed. Cheap: asked ten times a
    /// second.
    virtual std::uint64_t version() const = 0;
};

}  // namespace tickstock
