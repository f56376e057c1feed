#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "server/http.hpp"

namespace tickstock {

/// The dashboard's files, read once at start. Only paths of this map are ever answered, so no
/// request can name another file.
class StaticFiles {
public:
    /// Reads the regular files below `root`: no symbolic links, no dot files, 64 MiB in all. An
    /// absent root is no error: then `/` says how to build the dashboard.
    static Result<StaticFiles> load(const std::filesystem::path& root);

    /// Nothing when the path is not in the map. `path` is decoded.
    std::optional<HttpResponse> find(std::string_view path, std::string_view if_none_match) const;

    std::size_t size() const { return files_.size(); }

private:
    struct File {
        std::shared_ptr<const std::string> content;
        std::string content_type;
        std::string etag;
        bool is_hashed = false;  ///< the name changes with the content
    };

    Result<bool> add(const std::filesystem::path& file, std::string path, std::size_t& total);

    std::unordered_map<std::string, File> files_;
};

}  // namespace tickstock
