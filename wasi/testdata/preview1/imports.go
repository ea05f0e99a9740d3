//go:build wasip1

package main

//go:wasmimport wasi_snapshot_preview1 args_get
func args_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 args_sizes_get
func args_sizes_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 environ_get
func environ_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 environ_sizes_get
func environ_sizes_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 clock_res_get
func clock_res_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 clock_time_get
func clock_time_get(p0 uint32, p1 uint64, p2 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_advise
func fd_advise(p0 uint32, p1 uint64, p2 uint64, p3 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_allocate
func fd_allocate(p0 uint32, p1 uint64, p2 uint64) uint32

//go:wasmimport wasi_snapshot_preview1 fd_close
func fd_close(p0 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_datasync
func fd_datasync(p0 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_fdstat_get
func fd_fdstat_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_fdstat_set_flags
func fd_fdstat_set_flags(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_fdstat_set_rights
func fd_fdstat_set_rights(p0 uint32, p1 uint64, p2 uint64) uint32

//go:wasmimport wasi_snapshot_preview1 fd_filestat_get
func fd_filestat_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_filestat_set_size
func fd_filestat_set_size(p0 uint32, p1 uint64) uint32

//go:wasmimport wasi_snapshot_preview1 fd_filestat_set_times
func fd_filestat_set_times(p0 uint32, p1 uint64, p2 uint64, p3 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_pread
func fd_pread(p0 uint32, p1 uint32, p2 uint32, p3 uint64, p4 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_prestat_get
func fd_prestat_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_prestat_dir_name
func fd_prestat_dir_name(p0 uint32, p1 uint32, p2 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_pwrite
func fd_pwrite(p0 uint32, p1 uint32, p2 uint32, p3 uint64, p4 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_read
func fd_read(p0 uint32, p1 uint32, p2 uint32, p3 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_readdir
func fd_readdir(p0 uint32, p1 uint32, p2 uint32, p3 uint64, p4 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_renumber
func fd_renumber(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_seek
func fd_seek(p0 uint32, p1 uint64, p2 uint32, p3 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_sync
func fd_sync(p0 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_tell
func fd_tell(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_write
func fd_write(p0 uint32, p1 uint32, p2 uint32, p3 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_create_directory
func path_create_directory(p0 uint32, p1 uint32, p2 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_filestat_get
func path_filestat_get(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_filestat_set_times
func path_filestat_set_times(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint64, p5 uint64, p6 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_link
func path_link(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint32, p5 uint32, p6 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_open
func path_open(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint32, p5 uint64, p6 uint64, p7 uint32, p8 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_readlink
func path_readlink(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint32, p5 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_remove_directory
func path_remove_directory(p0 uint32, p1 uint32, p2 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_rename
func path_rename(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint32, p5 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_symlink
func path_symlink(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 path_unlink_file
func path_unlink_file(p0 uint32, p1 uint32, p2 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 poll_oneoff
func poll_oneoff(p0 uint32, p1 uint32, p2 uint32, p3 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 proc_raise
func proc_raise(p0 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 sched_yield
func sched_yield() uint32

//go:wasmimport wasi_snapshot_preview1 random_get
func random_get(p0 uint32, p1 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 sock_accept
func sock_accept(p0 uint32, p1 uint32, p2 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 sock_recv
func sock_recv(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint32, p5 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 sock_send
func sock_send(p0 uint32, p1 uint32, p2 uint32, p3 uint32, p4 uint32) uint32

//go:wasmimport wasi_snapshot_preview1 sock_shutdown
func sock_shutdown(p0 uint32, p1 uint32) uint32
