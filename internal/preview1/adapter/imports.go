//go:build wasip1

package adapter

// The functions of WASI 0.2 that preview 1 is answered by, with their core types. Where
// a function has a parameter ret, its result goes to the memory from there on.

//go:wasmimport wasi:cli/environment@0.2.0 get-environment
func getEnvironment(ret uint32)

//go:wasmimport wasi:cli/environment@0.2.0 get-arguments
func getArguments(ret uint32)

//go:wasmimport wasi:cli/exit@0.2.0 exit
func exit(failed uint32)

//go:wasmimport wasi:cli/exit@0.2.12 exit-with-code
func exitWithCode(code uint32)

//go:wasmimport wasi:cli/stdin@0.2.0 get-stdin
func getStdin() uint32

//go:wasmimport wasi:cli/stdout@0.2.0 get-stdout
func getStdout() uint32

//go:wasmimport wasi:cli/stderr@0.2.0 get-stderr
func getStderr() uint32

//go:wasmimport wasi:cli/terminal-stdin@0.2.0 get-terminal-stdin
func getTerminalStdin(ret uint32)

//go:wasmimport wasi:cli/terminal-stdout@0.2.0 get-terminal-stdout
func getTerminalStdout(ret uint32)

//go:wasmimport wasi:cli/terminal-stderr@0.2.0 get-terminal-stderr
func getTerminalStderr(ret uint32)

//go:wasmimport wasi:cli/terminal-input@0.2.0 [resource-drop]terminal-input
func dropTerminalInput(terminal uint32)

//go:wasmimport wasi:cli/terminal-output@0.2.0 [resource-drop]terminal-output
func dropTerminalOutput(terminal uint32)

//go:wasmimport wasi:clocks/monotonic-clock@0.2.0 now
func monotonicNow() uint64

//go:wasmimport wasi:clocks/monotonic-clock@0.2.0 resolution
func monotonicResolution() uint64

//go:wasmimport wasi:clocks/monotonic-clock@0.2.0 subscribe-instant
func subscribeInstant(when uint64) uint32

//go:wasmimport wasi:clocks/monotonic-clock@0.2.0 subscribe-duration
func subscribeDuration(when uint64) uint32

//go:wasmimport wasi:clocks/wall-clock@0.2.0 now
func wallNow(ret uint32)

//go:wasmimport wasi:clocks/wall-clock@0.2.0 resolution
func wallResolution(ret uint32)

//go:wasmimport wasi:random/random@0.2.0 get-random-bytes
func getRandomBytes(length uint64, ret uint32)

//go:wasmimport wasi:io/error@0.2.0 [resource-drop]error
func dropError(err uint32)

//go:wasmimport wasi:io/poll@0.2.0 poll
func poll(list, count, ret uint32)

//go:wasmimport wasi:io/poll@0.2.0 [resource-drop]pollable
func dropPollable(pollable uint32)

//go:wasmimport wasi:io/streams@0.2.0 [method]input-stream.read
func inputRead(stream uint32, length uint64, ret uint32)

//go:wasmimport wasi:io/streams@0.2.0 [method]input-stream.blocking-read
func inputBlockingRead(stream uint32, length uint64, ret uint32)

//go:wasmimport wasi:io/streams@0.2.0 [method]input-stream.subscribe
func inputSubscribe(stream uint32) uint32

//go:wasmimport wasi:io/streams@0.2.0 [resource-drop]input-stream
func dropInput(stream uint32)

//go:wasmimport wasi:io/streams@0.2.0 [method]output-stream.blocking-write-and-flush
func outputBlockingWriteAndFlush(stream, list, length, ret uint32)

//go:wasmimport wasi:io/streams@0.2.0 [method]output-stream.subscribe
func outputSubscribe(stream uint32) uint32

//go:wasmimport wasi:io/streams@0.2.0 [resource-drop]output-stream
func dropOutput(stream uint32)

//go:wasmimport wasi:filesystem/preopens@0.2.0 get-directories
func getDirectories(ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 filesystem-error-code
func filesystemErrorCode(err, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [resource-drop]descriptor
func dropDescriptor(d uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [resource-drop]directory-entry-stream
func dropEntries(entries uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]directory-entry-stream.read-directory-entry
func readDirectoryEntry(entries, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.read-via-stream
func readViaStream(d uint32, offset uint64, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.write-via-stream
func writeViaStream(d uint32, offset uint64, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.append-via-stream
func appendViaStream(d, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.advise
func adviseFile(d uint32, offset, length uint64, advice, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.sync-data
func syncData(d, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.sync
func syncFile(d, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.get-type
func getType(d, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.set-size
func setSize(d uint32, size uint64, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.set-times
func setTimes(d, accessed uint32, accessedSeconds uint64, accessedNanoseconds, modified uint32, modifiedSeconds uint64, modifiedNanoseconds, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.read
func readFile(d uint32, length, offset uint64, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.write
func writeFile(d, list, length uint32, offset uint64, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.read-directory
func readDirectory(d, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.stat
func statFile(d, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.metadata-hash
func metadataHash(d, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.create-directory-at
func createDirectoryAt(d, path, length, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.stat-at
func statAt(d, flags, path, length, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.metadata-hash-at
func metadataHashAt(d, flags, path, length, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.set-times-at
func setTimesAt(d, flags, path, length, accessed uint32, accessedSeconds uint64, accessedNanoseconds, modified uint32, modifiedSeconds uint64, modifiedNanoseconds, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.link-at
func linkAt(d, flags, oldPath, oldLength, to, newPath, newLength, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.open-at
func openAt(d, pathFlags, path, length, openFlags, flags, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.readlink-at
func readlinkAt(d, path, length, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.remove-directory-at
func removeDirectoryAt(d, path, length, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.rename-at
func renameAt(d, oldPath, oldLength, to, newPath, newLength, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.symlink-at
func symlinkAt(d, oldPath, oldLength, newPath, newLength, ret uint32)

//go:wasmimport wasi:filesystem/types@0.2.0 [method]descriptor.unlink-file-at
func unlinkFileAt(d, path, length, ret uint32)

// start is the guest's main function.
//
//go:wasmimport __main_module__ _start
func start()
