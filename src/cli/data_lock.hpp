#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

namespace tickstock {

/// One process at a time writes a data directory.
class DataLock {
public:
    /// Makes the directory when it is absent. An error names the setting.
    static Result<std::unique_ptr<DataLock>> take(const std::string& directory);
    ~DataLock();
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

private:
    explicit DataLock(int file) : file_(file) {}
    const int file_;
};

}  // namespace tickstock
