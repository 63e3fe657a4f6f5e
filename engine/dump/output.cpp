// Temporary files, renaming, and writing that does not give up half way.
#include "engine/dump/output.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dqrewrite {

namespace {

// Each page of a buffer costs when it is first touched, so a small output has a small one.
constexpr size_t small_buffer = size_t{1} << 16;
constexpr size_t large_buffer = size_t{1} << 18;
constexpr size_t large_output = size_t{1} << 20;
constexpr size_t direct_size = size_t{1} << 14;  // pieces of this size are not copied to the buffer
constexpr int most_links = 40;
constexpr int most_attempts = 100;
constexpr size_t longest_stem = 200;  // of a temporary name, which must fit NAME_MAX

DumpError system_error(std::string_view what, int code) {
    DumpError error;
    error.message = std::string(what) + ": " + std::strerror(code);
    return error;
}

// The directory part of a path with its slash, and the last component.
std::pair<std::string, std::string> split(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == path.npos) return {"", path};
    return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

// The descriptor that a path of the kernel's stands for; -1 for any other path.
int named_descriptor(const std::string& path) {
    if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!path.starts_with(prefix)) continue;
        int fd = -1;
        const char* end = path.data() + path.size();
        const auto [stop, error] = std::from_chars(path.data() + prefix.size(), end, fd);
        if (error == std::errc{} && stop == end && fd >= 0) return fd;
    }
    return -1;
}

// Follows links at the end of the path: a link stays, what it points at is replaced. 0, or an errno; `status` is
// of what is there, with a mode of 0 where there is nothing.
int follow_links(std::string& path, struct stat& status) {
    for (int links = 0; links < most_links; ++links) {
        if (::lstat(path.c_str(), &status) != 0) {
            status = {};
            return errno == ENOENT ? 0 : errno;
        }
        if (!S_ISLNK(status.st_mode)) return 0;
        char to[4096];
        const ssize_t size = ::readlink(path.c_str(), to, sizeof to);
        if (size < 0) return errno;
        if (size == sizeof to) return ENAMETOOLONG;
        std::string next(to, static_cast<size_t>(size));
        path = next.starts_with('/') ? next : split(path).first + next;
    }
    return ELOOP;
}

// A new file beside `path`; its descriptor, or -1 and errno.
int create_beside(const std::string& path, std::string& temporary) {
    const auto [directory, stem] = split(path);
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    uint64_t number = static_cast<uint64_t>(now) ^ static_cast<uint64_t>(::getpid()) << 40;
    for (int attempt = 0; attempt < most_attempts; ++attempt, number += 0x9E3779B97F4A7C15) {
        char suffix[32];
        std::snprintf(suffix, sizeof suffix, ".%016llx.tmp", static_cast<unsigned long long>(number));
        temporary = directory + "." + stem.substr(0, longest_stem) + suffix;
        const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

// Gives a new file the owner, where that is allowed, and the permissions of the one that it will replace.
void keep_permissions(int fd, const struct stat& old) {
    mode_t mode = old.st_mode & 07777;
    if ((old.st_uid != ::geteuid() || old.st_gid != ::getegid()) && ::fchown(fd, old.st_uid, old.st_gid) != 0) {
        mode &= 0777;
    }
    ::fchmod(fd, mode);
}

}  // namespace

DumpResult<std::unique_ptr<FileOutput>> FileOutput::open(const std::string& path) {
    std::unique_ptr<FileOutput> output(new FileOutput);
    output->buffer_.reserve(small_buffer);
    output->fd_ = named_descriptor(path);
    output->close_ = false;
    if (output->fd_ >= 0) return output;
    output->close_ = true;

    std::string target = path;
    struct stat status;
    if (const int code = follow_links(target, status)) return tl::unexpected(system_error("cannot write", code));
    if (S_ISDIR(status.st_mode)) return tl::unexpected(system_error("cannot write", EISDIR));
    if (status.st_mode != 0 && !S_ISREG(status.st_mode)) {
        output->fd_ = ::open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (output->fd_ < 0) return tl::unexpected(system_error("cannot write", errno));
        return output;
    }
    if (split(target).second.empty())
        return tl::unexpected(system_error("cannot write", path.empty() ? ENOENT : EISDIR));
    if (status.st_mode != 0 && ::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0) {
        return tl::unexpected(system_error("cannot write", errno));
    }
    output->fd_ = create_beside(target, output->temporary_);
    if (output->fd_ < 0) {
        output->temporary_.clear();
        const bool is_there = errno != ENOENT && errno != ENOTDIR;
        return tl::unexpected(system_error(is_there ? "cannot create a file beside it" : "cannot write", errno));
    }
    if (status.st_mode != 0) keep_permissions(output->fd_, status);
    output->target_ = std::move(target);
    return output;
}

FileOutput::~FileOutput() {
    if (close_ && fd_ >= 0) ::close(fd_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void FileOutput::write(std::string_view text) {
    if (text.size() >= direct_size) {
        flush();
        write_through(text.data(), text.size());
        return;
    }
    if (buffer_.size() + text.size() > buffer_.capacity()) flush();
    buffer_ += text;
}

void FileOutput::flush() {
    write_through(buffer_.data(), buffer_.size());
    flushed_ += buffer_.size();
    buffer_.clear();
    if (flushed_ >= large_output) buffer_.reserve(large_buffer);
}

void FileOutput::write_through(const char* at, size_t size) {
    while (size > 0 && error_ == 0) {
        const ssize_t written = ::write(fd_, at, size);
        if (written >= 0) {
            at += written;
            size -= static_cast<size_t>(written);
        } else if (errno == EAGAIN) {  // a pipe that does not block
            pollfd wait{fd_, POLLOUT, 0};
            ::poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            error_ = errno;
        }
    }
}

// Closes the file and puts it in its place: 0, or an errno.
int FileOutput::replace() {
    const int fd = std::exchange(fd_, -1);
    if (close_ && ::close(fd) != 0 && errno != EINTR) return errno;
    if (temporary_.empty()) return 0;
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) return errno;
    temporary_.clear();
    return 0;
}

DumpResult<void> FileOutput::finish() {
    flush();
    if (error_ == 0) error_ = replace();
    if (error_ != 0) return tl::unexpected(system_error("cannot write", error_));
    return {};
}

}  // namespace dqrewrite
