#include "server/static_files.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include "base/hash.hpp"

namespace tickstock {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t total_limit = std::size_t{64} << 20;

constexpr std::string_view not_built_page = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>TickStock</title></head>
<body><h1>TickStock is running</h1>
<p>The dashboard is not built here. <code>./dev run</code> builds it and starts the server with it.</p>
<p>Meanwhile: <a href="/api/v1/status">status</a>, <a href="/api/v1/events">events</a>,
<a href="/metrics">metrics</a>, <a href="/readyz">readiness</a>; events as they come at
<code>/ws</code> and <code>/api/v1/events/stream</code>.</p></body></html>
)";

std::string_view content_type_of(const fs::path& file) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> types{{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".ico", "image/x-icon"},
        {".webp", "image/webp"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
        {".webmanifest", "application/manifest+json"},
        {".wasm", "application/wasm"},
    }};
    for (const auto& [extension, type] : types) {
        if (file.extension() == extension) {
            return type;
        }
    }
    return "application/octet-stream";
}

std::string etag_of(std::string_view content) {
    std::string etag = "\"";
    append_hex16(etag, xxh64(content));
    return etag + '"';
}

}  // namespace

Result<StaticFiles> StaticFiles::load(const fs::path& root) {
    StaticFiles files;
    std::error_code error;
    if (!root.empty() && fs::is_directory(root, error)) {
        std::size_t total = 0;
        for (fs::recursive_directory_iterator at(root, error), end; !error && at != end;
             at.increment(error)) {
            const bool is_hidden = at->path().filename().native().starts_with('.');
            if (is_hidden && at->is_directory()) {
                at.disable_recursion_pending();
            }
            if (is_hidden || at->is_symlink() || !at->is_regular_file()) {
                continue;
            }
            auto added = files.add(
                at->path(), "/" + at->path().lexically_relative(root).generic_string(), total);
            if (!added.ok()) {
                return added.error();
            }
        }
        if (error) {
            return Error{"cannot read the dashboard in " + root.string() + ": " + error.message()};
        }
    }
    if (const auto index = files.files_.find("/index.html"); index != files.files_.end()) {
        files.files_.emplace("/", index->second);
    } else {
        auto content = std::make_shared<const std::string>(not_built_page);
        files.files_["/"] = File{content, "text/html; charset=utf-8", etag_of(*content), false};
    }
    return files;
}

Result<bool> StaticFiles::add(const fs::path& file, std::string path, std::size_t& total) {
    std::ifstream in(file, std::ios::binary);
    auto content = std::make_shared<std::string>(std::istreambuf_iterator<char>(in),
                                                 std::istreambuf_iterator<char>());
    if (!in) {
        return Error{"cannot read " + file.string()};
    }
    total += content->size();
    if (total > total_limit) {
        return Error{"the dashboard's files in " + file.parent_path().string() +
                     " are over 64 MiB in all"};
    }
    // Vite puts the files whose names carry a hash of their content into assets/.
    const bool is_hashed = path.starts_with("/assets/");
    std::string etag = etag_of(*content);
    files_[std::move(path)] =
        File{std::move(content), std::string(content_type_of(file)), std::move(etag), is_hashed};
    return true;
}

std::optional<HttpResponse> StaticFiles::find(std::string_view path,
                                              std::string_view if_none_match) const {
    const auto found = files_.find(std::string(path));
    if (found == files_.end()) {
        return std::nullopt;
    }
    const File& file = found->second;
    HttpResponse response;
    response.content_type = file.content_type;
    response.headers.emplace_back("ETag", file.etag);
    response.headers.emplace_back(
        "Cache-Control", file.is_hashed ? "public, max-age=31536000, immutable" : "no-cache");
    if (if_none_match.find(file.etag) != std::string_view::npos) {
        response.status = 304;
    } else {
        response.shared_body = file.content;
    }
    return response;
}

}  // namespace tickstock
